/** The admin screen. */
import { useTitle } from '../../app/title';
import { useText } from '../../i18n/language';

export default function Admin() {
  const text = useText().shell;
  const name = text.admin;
  useTitle(name);
  return <h1>{name}</h1>;
}
