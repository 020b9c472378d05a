/** Why a file will not come out, in the person's language. */
import { useCallback } from 'react';
import { useText } from '../../i18n/language';

export function useCodeText(): (code: string, message: string | null) => string {
  const { errors, batch } = useText();
  return useCallback(
    (code, message) => batch.codes[code] ?? errors.byCode[code] ?? (message || errors.unknown),
    [errors, batch],
  );
}
