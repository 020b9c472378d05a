/** The batch screen. */
import { useTitle } from '../../app/title';
import { useText } from '../../i18n/language';

export default function Batch() {
  const text = useText().shell;
  const name = text.tabs.batch;
  useTitle(name);
  return <h1>{name}</h1>;
}
