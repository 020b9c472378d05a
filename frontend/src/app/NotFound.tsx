/** An address that leads nowhere. */
import { useText } from '../i18n/language';
import { LinkButton } from '../ui/Button';
import { Empty } from '../ui/Card';
import { useTitle } from './title';

export function NotFound() {
  const text = useText().shell.notFound;
  useTitle(text.title);
  return (
    <Empty title={text.title}>
      <p>{text.about}</p>
      <LinkButton href="/" look="primary">
        {text.home}
      </LinkButton>
    </Empty>
  );
}
