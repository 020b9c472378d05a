/** Looks at files before they are sent: one that can be read, and of a size that the server takes. */
import { FileGone } from '../../../api/errors';
import { isReadable } from '../../../api/files';
import { useStart } from '../../../app/session';
import { useFormat, useText } from '../../../i18n/language';
import { useErrorText } from '../../../ui/errorText';
import { toast } from '../../../ui/toasts';

export function useAccepted(onFile: (file: File) => void): (files: File[]) => void {
  const text = useText().single;
  const format = useFormat();
  const describe = useErrorText();
  const { maxBytes } = useStart().limits;
  return (files) => {
    const [file] = files;
    if (!file) return;
    if (files.length > 1) toast.good(text.onlyOne);
    if (file.size > maxBytes) {
      toast.bad(text.tooLarge(file.name, format.bytes(file.size), format.bytes(maxBytes)));
      return;
    }
    void isReadable(file).then((readable) => {
      if (readable) onFile(file);
      else toast.bad(describe(new FileGone()));
    });
  };
}
