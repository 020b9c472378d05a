/** A picture of the server's: one that did not arrive is asked for again when the connection is back. */
import { type ComponentProps, useEffect, useRef, useState } from 'react';
import { connection } from '../live/connection';

export function Photo({ alt, onError, ...rest }: ComponentProps<'img'> & { alt: string }) {
  const [time, setTime] = useState(0);
  const failed = useRef(false);
  useEffect(
    () =>
      connection.onHealed(() => {
        if (failed.current) setTime((before) => before + 1);
        failed.current = false;
      }),
    [],
  );
  return (
    <img
      key={time}
      alt={alt}
      {...rest}
      onError={(event) => {
        failed.current = true;
        onError?.(event);
      }}
    />
  );
}
