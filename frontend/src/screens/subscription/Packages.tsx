/** Credits for sale. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { useFormat, useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { acts, packagesQuery, useAct } from './calls';
import styles from './Plans.module.css';

export function Packages({ onOrdered }: { onOrdered: () => void }) {
  const text = useText().subscription;
  const format = useFormat();
  const { data } = useSuspenseQuery(packagesQuery);
  const act = useAct(onOrdered);
  if (data.packages.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby="packages">
      <h2 id="packages">{text.packages.title}</h2>
      <p className={styles.about}>{text.packages.about}</p>
      <ul className={styles.packages}>
        {data.packages.map(({ id, credits, amount }) => (
          <li key={id} className={styles.package}>
            <h3>{text.credits(format.number(credits))}</h3>
            <p>
              {format.idr(amount)}
              <small>{text.packages.each(format.idr(Math.round(amount / credits)))}</small>
            </p>
            <Button
              aria-label={`${text.packages.buy}: ${text.credits(format.number(credits))}`}
              busy={act.isPending}
              onClick={() => act.mutate(() => acts.buy(id))}
            >
              {text.packages.buy}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
