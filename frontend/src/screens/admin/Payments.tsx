/** Everybody's payments: those that wait to be confirmed come first. */
import { useLocation, useSearch } from 'wouter';
import { Apart } from '../../app/Apart';
import { useText } from '../../i18n/language';
import { Choice } from '../../ui/Choice';
import styles from './Admin.module.css';
import { PaymentList } from './PaymentList';
import { SHOWN, type Shown, searchOf, shownOf, whichOf } from './shown';

export function Payments() {
  const { admin, subscription } = useText();
  const text = admin.payments;
  const { show, page } = shownOf(useSearch());
  const [, go] = useLocation();
  const change = (to: Shown) => go(`/admin/payments${searchOf(to)}`, { replace: to.page === 1 });
  const names: Record<Shown['show'], string> = {
    ...subscription.payments.statuses,
    attention: text.strange,
    all: text.all,
  };
  return (
    <>
      <div className={styles.search}>
        <Choice
          label={text.show}
          value={show}
          options={SHOWN.map((each) => [each, names[each]] as const)}
          onChoose={(chosen) => change({ show: chosen, page: 1 })}
        />
      </div>
      {show === 'attention' && <p className={styles.none}>{text.strangeAbout}</p>}
      <Apart key={show}>
        <PaymentList which={whichOf({ show, page })} onPage={(to) => change({ show, page: to })} />
      </Apart>
    </>
  );
}
