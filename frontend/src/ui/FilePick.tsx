/** A button that opens the file picker. */
import { type ReactNode, useRef } from 'react';
import { Button } from './Button';

const PICTURES = 'image/*,.heic,.heif,.avif,.tif,.tiff';

interface Props {
  onFiles: (files: File[]) => void;
  children: ReactNode;
  icon?: ReactNode;
  multiple?: boolean;
  look?: 'primary' | 'secondary' | 'ghost';
  size?: 's' | 'm' | 'l';
}

export function FilePick({ onFiles, children, multiple = false, ...button }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button {...button} onClick={() => input.current?.click()}>
        {children}
      </Button>
      <input
        ref={input}
        type="file"
        accept={PICTURES}
        multiple={multiple}
        hidden
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = ''; // the same file may be chosen again
          if (files.length > 0) onFiles(files);
        }}
      />
    </>
  );
}
