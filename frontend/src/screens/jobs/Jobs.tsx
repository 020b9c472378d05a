/** The jobs screen. */
import { useTitle } from '../../app/title';
import { useText } from '../../i18n/language';

export default function Jobs() {
  const text = useText().shell;
  const name = text.tabs.jobs;
  useTitle(name);
  return <h1>{name}</h1>;
}
