/** The start's first look: it needs nothing but texts, so that the build can draw it before any script runs. */
import { ImageUp } from 'lucide-react';
// An astronaut, Eileen Collins, photographed by NASA; in the public domain.
import after from '../../assets/after.webp';
import before from '../../assets/before.webp';
import type { Text } from '../../i18n/text';
import { Compare } from '../../ui/Compare';
import { FilePick } from '../../ui/FilePick';
import styles from './Landing.module.css';

interface Props {
  text: Text['start'];
  /** What an account costs here; not known yet before the server was asked. */
  honest?: string;
  onFiles: (files: File[]) => void;
}

const FIRST = 46; // as --at in Landing.module.css

export function Hero({ text, honest, onFiles }: Props) {
  return (
    <section className={styles.hero}>
      <div className={styles.words}>
        <h1>{text.hero.title}</h1>
        <p className={styles.lead}>{text.hero.about}</p>
        <div className={styles.act}>
          <FilePick look="primary" size="l" icon={<ImageUp />} onFiles={onFiles}>
            {text.hero.choose}
          </FilePick>
          <span>{text.hero.paste}</span>
        </div>
        <p className={`${styles.honest} ${honest === undefined ? styles.unknown : ''}`}>
          {honest ?? text.hero.free('100')}
        </p>
      </div>
      <div className={styles.show}>
        <Compare
          label={text.hero.compare}
          first={FIRST}
          before={<Half src={before} alt={text.hero.before} />}
          after={
            <div className={`checkerboard ${styles.after}`}>
              <Half src={after} alt={text.hero.after} />
            </div>
          }
        />
      </div>
    </section>
  );
}

function Half({ src, alt }: { src: string; alt: string }) {
  return (
    <img
      src={src}
      alt={alt}
      width="512"
      height="512"
      draggable={false}
      fetchPriority="high"
      decoding="sync" // it takes the place of the very same
    />
  );
}

export function Points({ text }: { text: Text['start'] }) {
  return (
    <ul className={styles.points}>
      {text.points.map((point) => (
        <li key={point.title}>
          <h2>{point.title}</h2>
          <p>{point.about}</p>
        </li>
      ))}
    </ul>
  );
}
