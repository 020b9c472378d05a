/** A number chosen by sliding, with its name and value. */
import { useId } from 'react';
import styles from './Slide.module.css';

interface Props {
  label: string;
  value: number;
  onChange: (value: number) => void;
  min?: number;
  max: number;
  unit?: string;
}

export function Slide({ label, value, onChange, min = 0, max, unit = '' }: Props) {
  const id = useId(); // else the label would be the output's
  return (
    <label className={styles.slide} htmlFor={id}>
      <span>{label}</span>
      <output>
        {value}
        {unit}
      </output>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </label>
  );
}
