/** Bars, one a day; the same numbers are a table for those who do not see them. */
import { useFormat, useText } from '../../i18n/language';
import { barsOf } from './bars';
import styles from './DayChart.module.css';

interface Props {
  title: string;
  /** What the period brought, in words. */
  total: string;
  /** What else is to be known of it. */
  more?: string | undefined;
  unit: string;
  day: string;
  days: readonly { day: string; value: number }[];
  show: (value: number) => string;
}

const WIDTH = 600;
const HEIGHT = 140;

export function DayChart({ title, total, more, unit, day, days, show }: Props) {
  const text = useText().admin.numbers;
  const format = useFormat();
  const bars = barsOf(
    days.map(({ value }) => value),
    WIDTH,
    HEIGHT,
  );
  const [first, last] = [days[0], days[days.length - 1]];
  return (
    <figure className={styles.figure}>
      <figcaption>
        <span>{title}</span> <strong>{total}</strong>
        {more && <small>{more}</small>}
      </figcaption>
      {days.every(({ value }) => value === 0) && <p className={styles.empty}>{text.nothing}</p>}
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className={styles.chart}
        aria-hidden="true"
      >
        {bars.map((bar, index) => (
          <rect key={days[index]?.day} {...bar}>
            <title>{`${format.day(days[index]?.day ?? '')}: ${show(days[index]?.value ?? 0)}`}</title>
          </rect>
        ))}
      </svg>
      <p className={styles.axis} aria-hidden="true">
        <span>{first && format.day(first.day)}</span>
        <span>{last && format.day(last.day)}</span>
      </p>
      <div className="visually-hidden">
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">{day}</th>
              <th scope="col">{unit}</th>
            </tr>
          </thead>
          <tbody>
            {days.map((each) => (
              <tr key={each.day}>
                <th scope="row">{format.day(each.day)}</th>
                <td>{show(each.value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
