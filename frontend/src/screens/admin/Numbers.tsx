/** The server in numbers: pictures and money day by day, credits, plans, tiers. */
import { useSuspenseQueries } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { useFormat, useText } from '../../i18n/language';
import { Segments } from '../../ui/Segments';
import styles from './Admin.module.css';
import { sumOf } from './bars';
import { daysQuery, revenueQuery, statsQuery } from './calls';
import { DayChart } from './DayChart';
import { Table } from './Table';

const PERIODS = ['7', '30', '90'] as const;
type Period = (typeof PERIODS)[number];

export function Numbers() {
  const text = useText().admin.numbers;
  const format = useFormat();
  const [period, setPeriod] = useState<Period>('30');
  const days = Number(useDeferredValue(period)); // what is shown stays until the others are here
  const [{ data: each }, { data: money }, { data: stats }] = useSuspenseQueries({
    queries: [daysQuery(days), revenueQuery(days), statsQuery(days)],
  });
  const completed = each.reduce((sum, day) => sum + day.completed, 0);
  const failed = each.reduce((sum, day) => sum + day.failed, 0);
  const revenue = each.reduce((sum, day) => sum + day.revenueIDR, 0);
  const facts = [
    [
      text.people,
      format.number(stats.accounts.total),
      text.newPeople(format.number(stats.accounts.registered)),
    ],
    [text.subscribers, format.number(sumOf(money.activeSubscriptions)), text.mrr(format.idr(money.mrr))],
    [text.sold, format.number(money.credits.sold), text.used(format.number(money.credits.used))],
    [
      text.owed,
      format.number(money.credits.outstanding),
      text.liability(format.idr(money.credits.liabilityIDR)),
    ],
  ] as const;
  return (
    <>
      <div className={styles.period}>
        <Segments
          label={text.period}
          value={period}
          options={PERIODS.map((name) => [name, text.days(name)] as const)}
          onChoose={setPeriod}
        />
      </div>
      <div className={styles.charts}>
        <DayChart
          title={text.pictures}
          total={text.picturesTotal(format.number(completed))}
          more={failed > 0 ? text.picturesFailed(format.number(failed)) : undefined}
          unit={text.pictures}
          day={text.day}
          days={each.map(({ day, completed }) => ({ day, value: completed }))}
          show={format.number}
        />
        <DayChart
          title={text.revenue}
          total={format.idr(revenue)}
          more={money.refunded > 0 ? text.refunded(format.idr(money.refunded)) : undefined}
          unit={text.revenue}
          day={text.day}
          days={each.map(({ day, revenueIDR }) => ({ day, value: revenueIDR }))}
          show={format.idr}
        />
      </div>
      <dl className={styles.facts}>
        {facts.map(([name, value, more]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <strong>{value}</strong>
              <small>{more}</small>
            </dd>
          </div>
        ))}
      </dl>
      <Tiers tiers={money.tiers} />
    </>
  );
}

type Revenue = Awaited<ReturnType<NonNullable<ReturnType<typeof revenueQuery>['queryFn']>>>;

function Tiers({ tiers }: { tiers: Revenue['tiers'] }) {
  const { admin, start } = useText();
  const text = admin.numbers;
  const format = useFormat();
  const rows = Object.entries(tiers);
  const costs = rows.some(([, { marginPercent }]) => marginPercent !== null);
  if (rows.length === 0) return null;
  return (
    <Table
      label={text.tiers}
      head={[text.tier, text.pictures, text.credits, text.value, ...(costs ? [text.margin] : [])]}
    >
      {rows.map(([tier, { images, credits, valueIDR, marginPercent }]) => (
        <tr key={tier}>
          <th scope="row">{start.tiers[tier as keyof typeof start.tiers]?.name ?? tier}</th>
          <td>{format.number(images)}</td>
          <td>{format.number(credits)}</td>
          <td>{format.idr(valueIDR)}</td>
          {costs && <td>{marginPercent === null ? '–' : format.percent(marginPercent / 100)}</td>}
        </tr>
      ))}
    </Table>
  );
}
