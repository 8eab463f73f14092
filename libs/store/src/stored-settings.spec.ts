import { HotlineSettings } from '@ringdown/protocol/http';
import { describe, expect, it } from 'vitest';
import { readSettings } from './stored-settings.ts';

describe('settings as an earlier version stored them', () => {
  it('a choice of endings reads as the same plan in steps, and nothing else is lost', () => {
    const settings = readSettings({ queueLimit: 7, closed: 'voicemail', full: 'message', unanswered: 'message' });
    expect(settings).toEqual({
      ...HotlineSettings.parse({}),
      queueLimit: 7,
      ladders: {
        closed: [{ step: 'voicemail' }, { step: 'message', message: 'closed' }],
        full: [{ step: 'message', message: 'full' }],
        unanswered: [{ step: 'message', message: 'nobody' }],
      },
    });
  });

  it('what was not chosen is what it was by default', () => {
    expect(readSettings({ closed: 'voicemail' }).ladders).toEqual({
      ...HotlineSettings.parse({}).ladders,
      closed: [{ step: 'voicemail' }, { step: 'message', message: 'closed' }],
    });
    expect(readSettings({})).toEqual(HotlineSettings.parse({}));
  });

  it('settings of this version read as they are', () => {
    const settings = HotlineSettings.parse({ queueLimit: 3 });
    expect(readSettings(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
  });
});
