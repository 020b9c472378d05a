/** A few choices side by side, of which one holds. */
import { useId } from 'react';
import styles from './Segments.module.css';

interface Props<T extends string> {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChoose: (value: T) => void;
}

export function Segments<T extends string>({ label, value, options, onChoose }: Props<T>) {
  const name = useId();
  return (
    <fieldset className={styles.group}>
      <legend>{label}</legend>
      <div className={styles.segments}>
        {options.map(([each, shown]) => (
          <label key={each}>
            <input
              type="radio"
              name={name}
              value={each}
              checked={each === value}
              onChange={() => onChoose(each)}
            />
            <span>{shown}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
