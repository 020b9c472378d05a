/** The start: the apps of whoever is here, or what strangers see. */
import { useStart } from '../../app/session';
import { Dashboard } from './Dashboard';
import { Landing } from './Landing';

export default function Home() {
  const { open, user } = useStart();
  return open || user ? <Dashboard /> : <Landing />;
}
