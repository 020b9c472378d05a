/** The picture behind: chosen, looked at, and taken if it can be used. */
import { ImagePlus } from 'lucide-react';
import { useRef, useState } from 'react';
import { useStart } from '../../../app/session';
import { useText } from '../../../i18n/language';
import { FilePick } from '../../../ui/FilePick';
import { Notice } from '../../../ui/Notice';
import type { Edits } from './edits';
import { judge } from './judge';

interface Props {
  image: File | null;
  onChange: (changed: Partial<Edits>) => void;
}

export function Backdrop({ image, onChange }: Props) {
  const { single, errors } = useText();
  const { limits } = useStart();
  const [wrong, setWrong] = useState<string | null>(null);
  const asked = useRef<File>(null);
  const take = async (file: File) => {
    asked.current = file;
    const verdict = await judge(file, limits);
    if (asked.current !== file) return; // another was chosen meanwhile
    const { refused } = verdict;
    setWrong(refused && `${file.name}: ${errors.byCode[refused]}`);
    if (refused === null) onChange({ image: file, unseen: verdict.unseen });
  };
  return (
    <>
      <FilePick size="s" icon={<ImagePlus />} onFiles={([file]) => file && void take(file)}>
        {image?.name ?? single.background.choose}
      </FilePick>
      {wrong && <Notice kind="bad">{wrong}</Notice>}
    </>
  );
}
