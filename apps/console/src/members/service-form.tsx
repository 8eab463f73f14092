import { MemberService } from '@ringdown/protocol/distribution';
import type { Hotline, Member, Role } from '@ringdown/protocol/http';
import { type HotlineId, LanguageTag } from '@ringdown/protocol/ids';
import { Button } from '@ringdown/ui/button';
import { Checks } from '@ringdown/ui/choice';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { Select } from '@ringdown/ui/select';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices, useWork } from '../services.tsx';
import { asLabel } from '../shell/label-words.ts';
import { Listed } from '../shell/listed.tsx';
import { useAction } from '../shell/use-action.ts';
import './service-form.css';

const parts = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const ROLES: readonly Role[] = ['volunteer', 'supervisor', 'admin'];
/** As a new member of a hotline starts out. */
const NEW_ROW = { weight: '1', penalty: '0', shiftCapacity: '' };

/** What a person speaks and can do, which hotlines they belong to and how they serve each (Q2, Q12, X9). */
export function ServiceForm({
  member,
  hotlines,
  onDone,
}: {
  member: Member;
  hotlines: readonly Hotline[];
  onDone: () => void;
}) {
  const { rest } = useServices();
  const service = useQuery({
    queryKey: ['members', member.operatorId, 'service'],
    queryFn: async () => [await rest.ask(MemberService, `/api/members/${member.operatorId}/service`)],
    refetchOnWindowFocus: false,
  });
  return (
    <Listed query={service} empty={null}>
      {([found]) => (found ? <Fields member={member} service={found} hotlines={hotlines} onDone={onDone} /> : null)}
    </Listed>
  );
}

function Fields({
  member,
  service,
  hotlines,
  onDone,
}: {
  member: Member;
  service: MemberService;
  hotlines: readonly Hotline[];
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const { keeper } = useWork();
  const queries = useQueryClient();
  // Only the owner's signed roster gives a role.
  const roles = keeper && member.role !== 'owner' ? keeper : null;
  const [role, setRole] = useState(member.role);
  const [languages, setLanguages] = useState(service.languages.join(', '));
  const [skills, setSkills] = useState(service.skills.join(', '));
  const [rows, setRows] = useState(() =>
    service.hotlines.map((row) => ({
      hotlineId: row.hotlineId,
      weight: String(row.weight),
      penalty: String(row.penalty),
      shiftCapacity: row.shiftCapacity === null ? '' : String(row.shiftCapacity),
    })),
  );
  const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));
  const wish = MemberService.safeParse({
    languages: parts(languages),
    skills: parts(skills),
    hotlines: rows.map((row) => ({
      hotlineId: row.hotlineId,
      weight: numberOf(row.weight),
      penalty: numberOf(row.penalty),
      shiftCapacity: row.shiftCapacity.trim() === '' ? null : Number(row.shiftCapacity),
    })),
  });
  const put = (hotlineId: HotlineId, on: boolean) =>
    setRows(on ? [...rows, { hotlineId, ...NEW_ROW }] : rows.filter((row) => row.hotlineId !== hotlineId));
  const issues = wish.success ? [] : wish.error.issues.map(({ path }) => path);
  const save = useAction(async () => {
    if (!wish.success) return;
    await rest.tell(`/api/members/${member.operatorId}/service`, { method: 'PUT', json: wish.data });
    if (role !== member.role && role !== 'owner') await roles?.giveRole(member, role);
    await queries.invalidateQueries({ queryKey: ['members'] });
    onDone();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.run();
  };
  return (
    <form className="stack" onSubmit={submit}>
      {roles ? (
        <Select
          label={t('service.role')}
          hint={t('service.role-hint')}
          value={role}
          onChange={setRole}
          choices={ROLES.map((id) => ({ id, name: asLabel(t(`role.${id}`)) }))}
        />
      ) : null}
      <Checks
        label={t('service.hotlines')}
        choices={hotlines.map(({ hotlineId, name }) => ({ id: hotlineId, name }))}
        values={rows.map(({ hotlineId }) => hotlineId)}
        onChange={(id, on) => put(id as HotlineId, on)}
      />
      {rows.length === 0 ? <Notice tone="warning">{t('service.no-hotlines')}</Notice> : null}
      {service.hotlines.some(({ hotlineId }) => !rows.some((row) => row.hotlineId === hotlineId)) ? (
        <p className="quiet">{t('service.hotlines-hint')}</p>
      ) : null}
      <Field
        label={t('service.languages')}
        hint={t('service.languages-hint')}
        value={languages}
        onChange={setLanguages}
        maxLength={200}
        error={
          parts(languages).every((tag) => LanguageTag.safeParse(tag).success) ? undefined : t('service.no-language')
        }
      />
      <Field
        label={t('service.skills')}
        hint={t('service.skills-hint')}
        value={skills}
        onChange={setSkills}
        maxLength={600}
      />
      {rows.map((row, index) => (
        <fieldset key={row.hotlineId} className="service-hotline stack">
          <legend>{hotlines.find(({ hotlineId }) => hotlineId === row.hotlineId)?.name ?? ''}</legend>
          {(['weight', 'penalty', 'shiftCapacity'] as const).map((key) => (
            <Field
              key={key}
              label={t(`service.${key}`)}
              hint={t(`service.${key}-hint`)}
              inputMode="numeric"
              value={row[key]}
              onChange={(value) => setRows(rows.map((each, n) => (n === index ? { ...each, [key]: value } : each)))}
              error={
                issues.some((path) => path[0] === 'hotlines' && path[1] === index && path[2] === key)
                  ? t('rules.out-of-range')
                  : undefined
              }
            />
          ))}
        </fieldset>
      ))}
      {save.failure === undefined ? null : <Notice tone="danger">{save.failure}</Notice>}
      <Button type="submit" isPending={save.busy} isDisabled={!wish.success}>
        {t('save')}
      </Button>
    </form>
  );
}
