import { Link } from '@tanstack/react-router';
import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { useTranslation } from 'react-i18next';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { useActions } from '../shell/commands.tsx';
import { ContextPane } from '../shell/context-pane.tsx';

/** The caret's place in a field of the note, as if it had been typed there: the browser's undo knows it too. */
function typeInto(field: HTMLTextAreaElement, text: string): void {
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true, data: text, inputType: 'insertText' }));
}

/** This person's three texts, beside the note while there is one: by click, or by Ctrl+1 to Ctrl+3. */
export function NoteTemplates() {
  const { t } = useTranslation();
  const { preferences } = useServices();
  const { notes } = useWork();
  const { noteTemplates } = useFollowed(preferences);
  const { document: note } = useFollowed(notes);
  const put = (index: number) => {
    const text = noteTemplates[index] ?? '';
    if (text === '' || !note) return undefined;
    return () => {
      const field = document.activeElement;
      if (field instanceof HTMLTextAreaElement && field.closest('.note')) return typeInto(field, text);
      const before = note.text.toJSON();
      note.text.insert(before.length, before === '' || before.endsWith('\n') ? text : `\n${text}`);
    };
  };
  useActions({ 'note-template-1': put(0), 'note-template-2': put(1), 'note-template-3': put(2) });
  const texts = noteTemplates.flatMap((text, index) => (text === '' ? [] : [{ text, index }]));
  return (
    <ContextPane part="templates">
      <Card title={t('templates.title')} padded>
        <div className="stack-close">
          {texts.map(({ text, index }) => (
            <Button key={index} wide shortcut={`Ctrl+${index + 1}`} isDisabled={!note} onPress={() => put(index)?.()}>
              {text.length > 60 ? `${text.slice(0, 60)} …` : text}
            </Button>
          ))}
          {texts.length > 0 ? null : <p className="quiet">{t('templates.empty')}</p>}
          <Link to="/settings">{t('templates.change')}</Link>
        </div>
      </Card>
    </ContextPane>
  );
}
