/** Before there is a picture: where to put it, and what it will cost. */
import { ImageUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStart } from '../../../app/session';
import type { Tier } from '../../../app/tier';
import { useFormat, useText } from '../../../i18n/language';
import { FilePick } from '../../../ui/FilePick';
import { TierCards } from '../../../ui/TierCards';
import styles from './Begin.module.css';

interface Props {
  tier: Tier;
  onTier: (tier: Tier) => void;
  onFiles: (files: File[]) => void;
  /** Why the last picture was not taken. */
  refusal: ReactNode;
}

export function Begin({ tier, onTier, onFiles, refusal }: Props) {
  const text = useText().single;
  const format = useFormat();
  const { limits } = useStart();
  return (
    <div className={styles.begin}>
      <h1 className="visually-hidden">{text.title}</h1>
      {refusal}
      <div className={styles.drop}>
        <ImageUp aria-hidden="true" />
        <h2>{text.drop}</h2>
        <FilePick look="primary" size="l" onFiles={onFiles}>
          {text.choose}
        </FilePick>
        <p>{text.paste}</p>
        <small>
          {text.limits(format.bytes(limits.maxBytes), format.number(limits.maxPixels / 1_000_000))}
        </small>
      </div>
      <TierCards chosen={tier} onChoose={onTier} forOne />
    </div>
  );
}
