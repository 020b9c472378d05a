/** What is wanted of all pictures of a batch. */
import { LIMITS } from '../../api/limits';
import { useText } from '../../i18n/language';
import { Choice } from '../../ui/Choice';
import { Field } from '../../ui/Field';
import { TierCards } from '../../ui/TierCards';
import styles from './Batch.module.css';
import type { Wish } from './files/useDraft';

interface Props {
  wish: Wish;
  onWant: (change: Partial<Wish>) => void;
}

export function Options({ wish, onWant }: Props) {
  const { batch: text } = useText();
  const jpeg = wish.format === 'jpeg';
  return (
    <div className={styles.options}>
      <TierCards chosen={wish.tier} onChoose={(tier) => onWant({ tier })} />
      <div className={styles.pair}>
        <Choice
          label={text.format}
          value={wish.format}
          options={(['png', 'webp', 'avif', 'jpeg'] as const).map(
            (each) => [each, text.formats[each]] as const,
          )}
          onChoose={(chosen) => onWant({ format: chosen })}
        />
        <Choice
          label={text.background}
          value={jpeg ? 'white' : wish.background}
          options={(['none', 'white'] as const).map((each) => [each, text.backgrounds[each]] as const)}
          onChoose={(background) => onWant({ background })}
          disabled={jpeg}
        />
      </div>
      {jpeg && <small className={styles.soft}>{text.jpegIsWhite}</small>}
      <Field
        label={text.name}
        value={wish.name}
        hint={text.nameHint}
        maxLength={LIMITS.batchName}
        onChange={(event) => onWant({ name: event.target.value })}
      />
    </div>
  );
}
