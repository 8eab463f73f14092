import { useQueryClient } from '@tanstack/react-query';
import type { Hotline } from '@ringdown/protocol/http';
import type { HotlineId } from '@ringdown/protocol/ids';
import { TeamMessage, TeamMessageId } from '@ringdown/protocol/team';
import { Blank } from '@ringdown/ui/card';
import { Button } from '@ringdown/ui/button';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { MessagesSquare, SendHorizontal } from 'lucide-react';
import { useCallback, useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useHotline, useTeamMessages } from '../server/floor-lists.ts';
import { useServices, useWork } from '../services.tsx';
import { Listed } from '../shell/listed.tsx';
import { Ago } from '../shell/moving-time.tsx';
import { useAction } from '../shell/use-action.ts';
import { SealedWords } from './sealed-words.tsx';
import { sealWords } from './team-words.ts';
import './team.css';

const LONGEST = 2_000;

/** X9: what the people of a hotline write to each other. The server keeps and passes on what it can't read. */
export function TeamChat({ hotlineId }: { hotlineId: HotlineId }) {
  const { t } = useTranslation();
  const hotline = useHotline(hotlineId);
  const messages = useTeamMessages(hotlineId);
  const list = useRef<HTMLDivElement>(null);
  const newest = messages.data?.at(-1)?.messageId;
  useEffect(() => {
    // Whoever reads further up isn't pulled down by what comes.
    const box = list.current;
    if (box && box.scrollHeight - box.scrollTop - box.clientHeight < box.clientHeight) box.scrollTop = box.scrollHeight;
  }, [newest]);
  return (
    <div className="team">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <div ref={list} className="team-list" role="log" aria-label={t('team.messages')} tabIndex={0}>
        <Listed
          query={messages}
          empty={
            <Blank icon={<MessagesSquare size={28} aria-hidden />} title={t('team.empty-title')}>
              {t('team.empty')}
            </Blank>
          }
        >
          {(items) => items.map((message) => <Message key={message.messageId} message={message} />)}
        </Listed>
      </div>
      {hotline.data && !hotline.data.vault.myWrap ? (
        <Notice title={t('team.no-key-title')}>{t('team.no-key')}</Notice>
      ) : null}
      {hotline.data?.vault.myWrap ? <Say hotline={hotline.data} /> : null}
    </div>
  );
}

function Message({ message }: { message: TeamMessage }) {
  const { t } = useTranslation();
  const { me } = useWork().account;
  const { author, hotlineId, messageId, sealed, at } = message;
  const mine = author.operatorId === me.operatorId;
  return (
    <article className={mine ? 'team-message team-mine' : 'team-message'}>
      <p className="quiet small">
        <strong>{author.name}</strong> · <Ago at={at} />
      </p>
      <SealedWords
        purpose="team-message"
        hotlineId={hotlineId}
        itemId={messageId}
        authorId={author.operatorId}
        sealed={sealed}
        unreadable={t('team.unreadable')}
      />
    </article>
  );
}

function Say({ hotline }: { hotline: Hotline }) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const { vaults, account } = useWork();
  const queries = useQueryClient();
  const [text, setText] = useState('');
  const send = useAction(
    useCallback(
      async (words: string) => {
        const { hotlineId } = hotline;
        const messageId = TeamMessageId.parse(crypto.randomUUID());
        const place = { purpose: 'team-message', itemId: messageId, authorId: account.me.operatorId } as const;
        const sealed = await sealWords(vaults, hotline, words, place);
        await rest.ask(TeamMessage, `/api/hotlines/${hotlineId}/team-messages`, {
          method: 'POST',
          json: { messageId, sealed },
        });
        // What was typed in the meantime stays.
        setText((now) => (now.trim() === words ? '' : now));
        await queries.invalidateQueries({ queryKey: ['team', hotlineId] });
      },
      [account, hotline, queries, rest, vaults],
    ),
  );
  const tooLong = text.length > LONGEST;
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() !== '' && !tooLong && !send.busy) send.run(text.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Enter in the text sends, as in any chat
    <form className="team-say" onSubmit={submit} onKeyDown={onKeyDown}>
      <Field
        label={t('team.write')}
        hint={t('team.sealed')}
        rows={2}
        value={text}
        onChange={setText}
        error={tooLong ? t('team.too-long') : send.failure}
      />
      <div>
        <Button
          type="submit"
          icon={<SendHorizontal size={16} aria-hidden />}
          isDisabled={text.trim() === '' || tooLong}
          isPending={send.busy}
        >
          {t('team.send')}
        </Button>
      </div>
    </form>
  );
}
