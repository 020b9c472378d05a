/** The single screen. */
import { useTitle } from '../../app/title';
import { useText } from '../../i18n/language';

export default function Single() {
  const text = useText().shell;
  const name = text.tabs.single;
  useTitle(name);
  return <h1>{name}</h1>;
}
