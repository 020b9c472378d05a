/** The filters of the list. */
import { ListFilter } from 'lucide-react';
import { useState } from 'react';
import { useFormat, useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { Field } from '../../ui/Field';
import { type Filters, NONE, narrowing, SORTS, statusesOf, TIERS } from './filters';
import styles from './Jobs.module.css';

interface Props {
  filters: Filters;
  onChange: (to: Partial<Filters>) => void;
}

export function Narrow({ filters, onChange }: Props) {
  const { jobs: text, start } = useText();
  const format = useFormat();
  const count = narrowing(filters);
  // Not closed with the last filter, which has the focus.
  const [open, toggle] = useState(count > 0);
  return (
    <details className={styles.narrow} open={open} onToggle={(event) => toggle(event.currentTarget.open)}>
      <summary>
        <ListFilter size={18} aria-hidden="true" />
        {count > 0 ? text.filtersOn(format.number(count)) : text.filters}
      </summary>
      <div className={styles.fields}>
        <Choice
          label={text.status}
          value={filters.status}
          options={[
            ['', text.any] as const,
            ...statusesOf(filters.show).map((each) => [each, text.statuses[each]] as const),
          ]}
          onChoose={(status) => onChange({ status })}
        />
        <Choice
          label={text.tier}
          value={filters.tier}
          options={[['', text.any] as const, ...TIERS.map((each) => [each, start.tiers[each].name] as const)]}
          onChoose={(tier) => onChange({ tier })}
        />
        {filters.show === 'pictures' && (
          <Choice
            label={text.kind}
            value={filters.kind}
            options={[
              ['', text.any],
              ['single', text.kinds.single],
              ['batch', text.kinds.batch],
            ]}
            onChoose={(kind) => onChange({ kind })}
          />
        )}
        <Field
          label={text.from}
          type="date"
          value={filters.from}
          max={filters.to || undefined}
          onChange={(event) => onChange({ from: event.target.value })}
        />
        <Field
          label={text.to}
          type="date"
          value={filters.to}
          min={filters.from || undefined}
          onChange={(event) => onChange({ to: event.target.value })}
        />
        <Choice
          label={text.sort}
          value={filters.sort}
          options={SORTS.map((each) => [each, text.sorts[each]] as const)}
          onChoose={(sort) => onChange({ sort })}
        />
      </div>
      {count > 0 && (
        <Button size="s" look="ghost" onClick={() => onChange({ ...NONE, show: filters.show })}>
          {text.clear}
        </Button>
      )}
    </details>
  );
}
