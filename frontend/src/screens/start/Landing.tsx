/** What strangers see. */
import { useTitle } from '../../app/title';
import { useText } from '../../i18n/language';

export function Landing() {
  const text = useText().start.hero;
  useTitle('Lumiku');
  return (
    <>
      <h1>{text.title}</h1>
      <p>{text.about}</p>
    </>
  );
}
