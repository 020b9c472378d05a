/** The batch screen: files to begin with, or a batch on its way. */
import { useParams } from 'wouter';
import { Draft } from './Draft';
import { Running } from './Running';

export default function Batch() {
  const { id } = useParams();
  return id ? <Running key={id} id={id} /> : <Draft />;
}
