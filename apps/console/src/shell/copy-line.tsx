import { Button } from '@ringdown/ui/button';
import { Copy } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from './use-action.ts';
import './copy-line.css';

/** Text that is taken elsewhere whole: a link, a key. */
export function CopyLine({ text }: { text: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const copy = useAction(async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  });
  return (
    <div className="copy-line">
      <code>{text}</code>
      <Button icon={<Copy size={16} aria-hidden />} onPress={() => copy.run()}>
        {t(copied ? 'copied' : 'copy')}
      </Button>
    </div>
  );
}
