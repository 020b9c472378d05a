/** The subscription screen. */
import { useTitle } from '../../app/title';
import { useText } from '../../i18n/language';

export default function Subscription() {
  const text = useText().shell;
  const name = text.tabs.subscription;
  useTitle(name);
  return <h1>{name}</h1>;
}
