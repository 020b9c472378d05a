/** The picture as it was handed in; word of it where this browser cannot show its kind. */
import { useEffect, useState } from 'react';
import { useText } from '../../../i18n/language';
import { connection, useConnectionLost } from '../../../live/connection';
import styles from './Stage.module.css';

interface Props {
  src: string | undefined;
  name: string;
}

export function Original({ src, name }: Props) {
  const text = useText().single;
  const [broken, setBroken] = useState('');
  const lost = useConnectionLost();
  useEffect(() => connection.onHealed(() => setBroken('')), []);
  if (src === undefined || (broken === src && lost)) return <div />;
  if (broken === src) return <p className={styles.unseen}>{text.unseen}</p>;
  return <img src={src} alt={text.original(name)} draggable={false} onError={() => setBroken(src)} />;
}
