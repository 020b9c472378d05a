/** Before there is a picture: where to put it, and what it will cost. */
import { ImageUp } from 'lucide-react';
import { Link } from 'wouter';
import { ApiError } from '../../api/errors';
import { tabPath } from '../../app/routes';
import { useStart } from '../../app/session';
import { useFormat, useText } from '../../i18n/language';
import { FilePick } from '../../ui/FilePick';
import { ErrorNotice } from '../../ui/Notice';
import styles from './Begin.module.css';
import type { Tier } from './edits';
import { TierCards } from './TierCards';

interface Props {
  tier: Tier;
  onTier: (tier: Tier) => void;
  onFiles: (files: File[]) => void;
  error: unknown;
}

export function Begin({ tier, onTier, onFiles, error }: Props) {
  const { single: text, shell } = useText();
  const format = useFormat();
  const { limits } = useStart();
  const poor = error instanceof ApiError && error.code === 'INSUFFICIENT_CREDITS';
  return (
    <div className={styles.begin}>
      <h1 className="visually-hidden">{text.title}</h1>
      <ErrorNotice
        error={error}
        action={poor && <Link href={tabPath('subscription')}>{shell.stats.seePlans}</Link>}
      />
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
      <TierCards chosen={tier} onChoose={onTier} />
    </div>
  );
}
