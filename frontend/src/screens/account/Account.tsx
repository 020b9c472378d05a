/** The account screen. */
import { useTitle } from '../../app/title';
import { useText } from '../../i18n/language';

export default function Account() {
  const text = useText().shell;
  const name = text.account;
  useTitle(name);
  return <h1>{name}</h1>;
}
