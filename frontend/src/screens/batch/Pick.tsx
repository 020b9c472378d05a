/** Two buttons, for files and for a folder; phones have no folders to pick. */
import { FolderOpen, ImagePlus } from 'lucide-react';
import { useRef } from 'react';
import { useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { inOrder, isVisible } from './files/dropped';

interface Props {
  onFiles: (files: File[]) => void;
  look?: 'primary' | 'secondary';
  size?: 's' | 'm' | 'l';
  label?: string;
}

const PICTURES = 'image/*,.heic,.heif,.avif,.tif,.tiff';
const FOLDERS = 'webkitdirectory' in HTMLInputElement.prototype && !matchMedia('(pointer: coarse)').matches;

export function Pick({ onFiles, look = 'secondary', size = 'm', label }: Props) {
  const text = useText().batch;
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (event: React.ChangeEvent<HTMLInputElement>) => {
    const picked = inOrder([...(event.target.files ?? [])].filter(isVisible));
    event.target.value = ''; // the same may be picked again
    if (picked.length > 0) onFiles(picked);
  };
  return (
    <>
      <Button look={look} size={size} icon={<ImagePlus />} onClick={() => files.current?.click()}>
        {label ?? text.choose}
      </Button>
      <input ref={files} type="file" accept={PICTURES} multiple hidden onChange={take} data-pick="files" />
      {FOLDERS && (
        <>
          <Button size={size} icon={<FolderOpen />} onClick={() => folder.current?.click()}>
            {text.folder}
          </Button>
          <input ref={folder} type="file" webkitdirectory="" hidden onChange={take} data-pick="folder" />
        </>
      )}
    </>
  );
}
