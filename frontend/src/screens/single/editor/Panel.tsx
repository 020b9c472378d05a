/** What can be changed about the cut-out; each change shows at once. */
import { RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../../../i18n/language';
import { Button } from '../../../ui/Button';
import { Segments } from '../../../ui/Segments';
import { Slide } from '../../../ui/Slide';
import { Backdrop } from './Backdrop';
import { type Edits, FORMATS, needsColor, SIZES } from './edits';
import styles from './Panel.module.css';

const COLORS = ['#ffffff', '#f1ece4', '#1f1b16', '#d8431f', '#ffcf5c', '#1d6b44', '#2456a6'];

interface Props {
  edits: Edits;
  onChange: (changed: Partial<Edits>) => void;
  onReset: (() => void) | undefined;
}

export function Panel({ edits, onChange, onReset }: Props) {
  const text = useText().single;
  return (
    <div className={styles.panel}>
      <BackgroundPart edits={edits} onChange={onChange} />
      <Part>
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={edits.crop}
            onChange={(event) => onChange({ crop: event.target.checked })}
          />
          {text.crop.title}
        </label>
        {edits.crop && (
          <Slide
            label={text.crop.margin}
            value={edits.margin}
            max={40}
            unit="%"
            onChange={(margin) => onChange({ margin })}
          />
        )}
      </Part>
      <Part>
        <label className={styles.select}>
          <span>{text.size.title}</span>
          <select value={edits.size} onChange={(event) => onChange({ size: event.target.value })}>
            {SIZES.map((size) => (
              <option key={size} value={size}>
                {text.size.names[size]}
              </option>
            ))}
          </select>
        </label>
      </Part>
      <Part>
        <Segments
          label={text.shadow.title}
          value={edits.shadow}
          options={(['none', 'drop', 'contact'] as const).map((each) => [each, text.shadow[each]] as const)}
          onChoose={(shadow) => onChange({ shadow })}
        />
      </Part>
      <FormatPart edits={edits} onChange={onChange} />
      <p className={styles.free}>{text.free}</p>
      {onReset && (
        <Button look="ghost" size="s" icon={<RotateCcw />} onClick={onReset}>
          {text.reset}
        </Button>
      )}
    </div>
  );
}

type PartProps = Pick<Props, 'edits' | 'onChange'>;

function BackgroundPart({ edits, onChange }: PartProps) {
  const text = useText().single.background;
  return (
    <Part>
      <Segments
        label={text.title}
        value={edits.background}
        options={(['none', 'color', 'image', 'blur'] as const).map((each) => [each, text[each]] as const)}
        onChoose={(background) => onChange({ background })}
      />
      {edits.background === 'color' && (
        <div className={styles.colors}>
          {COLORS.map((color) => (
            <button
              key={color}
              type="button"
              aria-label={color}
              aria-pressed={edits.color === color}
              className={styles.color}
              style={{ background: color }}
              onClick={() => onChange({ color })}
            />
          ))}
          <input
            type="color"
            aria-label={text.own}
            value={edits.color}
            onChange={(event) => onChange({ color: event.target.value })}
          />
        </div>
      )}
      {edits.background === 'image' && <Backdrop image={edits.image} onChange={onChange} />}
      {edits.background === 'blur' && (
        <Slide
          label={text.strength}
          value={edits.blur}
          min={1}
          max={10}
          onChange={(blur) => onChange({ blur })}
        />
      )}
    </Part>
  );
}

function FormatPart({ edits, onChange }: PartProps) {
  const text = useText().single.format;
  const lossy = edits.format === 'jpeg' || edits.format === 'webp' || edits.format === 'avif';
  return (
    <Part>
      <Segments
        label={text.title}
        value={edits.format}
        options={FORMATS.map((each) => [each, each.toUpperCase()] as const)}
        onChoose={(format) => onChange({ format })}
      />
      {lossy && (
        <Slide
          label={text.quality}
          value={edits.quality}
          min={30}
          max={100}
          onChange={(quality) => onChange({ quality })}
        />
      )}
      {needsColor(edits) && <small>{text.white}</small>}
      {edits.format === 'zip' && <small>{text.zip}</small>}
    </Part>
  );
}

function Part({ children }: { children: ReactNode }) {
  return <div className={styles.part}>{children}</div>;
}
