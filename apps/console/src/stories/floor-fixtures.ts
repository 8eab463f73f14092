import type { CallPerson, InvitationView } from '@ringdown/protocol/console';
import { Colleagues, Floor, WaitingCall } from '@ringdown/protocol/floor';
import { Hotline } from '@ringdown/protocol/http';
import { Dispatch, TeamMessages } from '@ringdown/protocol/team';
import { z } from 'zod';
import { hotlines, NOW } from './fixtures.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const NAMES = ['Robin', 'Sam', 'Noor', 'Alexandra-Josephine', 'Ana', 'Tomás', 'Yusuf', 'Mei', 'Kofi'];
const STATES = ['available', 'on-call', 'available', 'wrap-up', 'break', 'on-call', 'ringing', 'offline'] as const;
const LINES = ['Jail Support', 'Legal intake', 'Strike line'];
const LANGUAGES = ['es', 'en', 'fr', 'tl'];
const PRIORITIES = ['medium', 'medium', 'high', 'low', 'medium', 'urgent'];

export const waiting = (count: number, lines = 2): WaitingCall[] =>
  Array.from({ length: count }, (_, index) =>
    WaitingCall.parse({
      callId: uuid(1_000 + index),
      hotlineId: uuid(1 + (index % lines) * 500),
      hotlineName: LINES[index % lines],
      position: 1 + Math.floor(index / lines),
      language: LANGUAGES[index % 4],
      priority: PRIORITIES[index % 6],
      arrivedAt: NOW - (count - index) * 7 * SECOND - 20 * SECOND,
      rescued: index === 2,
      ringingAt: index === 0 ? ['Sam'] : [],
      whyNot:
        index === 1
          ? []
          : [
              { reason: 'on-a-call', people: 3 },
              { reason: 'lacks-language', people: 2 },
              { reason: 'on-break', people: 1 },
            ],
      test: index === 4,
    }),
  );

const person = (index: number) => ({
  operatorId: uuid(2 + index),
  name: index < NAMES.length ? NAMES[index] : `Volunteer ${index}`,
  role: index === 0 ? 'owner' : index === 4 ? 'supervisor' : 'volunteer',
  hotlineIds: [uuid(1)],
  state: STATES[index % STATES.length],
  since: NOW - (index + 1) * 47 * SECOND,
  reachable: index !== 2,
});

export const colleagues = (count = 8): Colleagues =>
  Colleagues.parse({
    people: Array.from({ length: count }, (_, index) => person(index)),
    hotlines: LINES.map((name, index) => ({ hotlineId: uuid(1 + index * 500), name, available: 2 - index })),
  });

const GOAL = { thresholdMs: 20_000, percent: 80 };
const figures = {
  waiting: 3,
  longestSince: NOW - 130 * SECOND,
  available: 2,
  answered: 41,
  answeredInTime: 34,
  abandoned: 4,
  unanswered: 2,
  serviceLevel: 34 / 47,
};
const quiet = {
  waiting: 0,
  longestSince: null,
  available: 0,
  answered: 0,
  answeredInTime: 0,
  abandoned: 0,
  unanswered: 0,
  serviceLevel: null,
};

export const floor = (people: number, lines = 3): Floor =>
  Floor.parse({
    goal: GOAL,
    all: people === 0 ? quiet : figures,
    hotlines: LINES.slice(0, lines).map((name, index) => ({
      ...(index === 2 || people === 0 ? quiet : figures),
      hotlineId: uuid(1 + index * 500),
      name,
      goal: GOAL,
    })),
    people: Array.from({ length: people }, (_, index) => ({
      ...person(index),
      reason: null,
      misses: index % 7 === 2 ? 1 : 0,
      call:
        STATES[index % STATES.length] === 'on-call'
          ? {
              callId: uuid(2_000 + index),
              hotlineId: uuid(1),
              hotlineName: LINES[0],
              since: NOW - 5 * MINUTE - index * SECOND,
              phase: index % 4 === 1 ? 'reconnecting' : 'in-call',
              rescueAt: index % 4 === 1 ? NOW + 18 * SECOND : null,
            }
          : null,
    })),
  });

type Loose<T> = { [K in keyof T]?: unknown };

export const onTheCall = (change: Loose<CallPerson> = {}) => ({
  legId: uuid(13),
  operatorId: uuid(6),
  name: 'Ana',
  on: 'console',
  role: 'guest',
  state: 'live',
  muted: false,
  mode: null,
  ...change,
});
export const outsidePhone = () => onTheCall({ legId: uuid(14), operatorId: null, name: null, on: 'outside-phone' });

export const invited = (change: Loose<InvitationView> = {}) => ({
  mode: 'warm',
  legId: uuid(13),
  mine: true,
  state: 'ringing',
  since: NOW - 9 * SECOND,
  timeoutMs: 30_000,
  ...change,
});

/** A vault made once for the key that stories are signed in with, so that sealed words can be read in them. */
export const hotlineWithVault = (publicKey: string): Hotline =>
  Hotline.parse({
    ...hotlines()[0],
    vault: {
      publicKey: 'vcYkNzeybyaJdW9CLYP/mQ5SK2d15SQaEoCMzT6JeX4=',
      version: 1,
      myWrap: {
        wrapped:
          'AoI+aLAnQRw+I8lt25L0FpZKfwsEJOJwnNURLQEb/4gijV4DHKoKZxRTim4g33gKZhgljZ+i7DxW4WQlCs8PykJOpt80XeJ+eatrTqzhzO8zeM6mxly5ixlml0Pcv6AO1Jf6KDI52XQeBzrjHrPBDbu+0VphtOrJ3gz0KUxpDa35lfTDnLI90jpJlGu9wEK+hFSzmBW1m2ExOGzH4yHe+Rqoz90WsfQNBHWpkTgt61GMSShRM286xbpvYj2jwhxPhLvFFXUlU/z4Ylqji69EuZpPz+bSqzIUZwsm1AONoe+Ru4f9xF/8mwAM7KrCzA195kt+dwa/eSwu1/pVyvWW+Q6+0Tufh/tBEPtDjjw3d72OWXEFKhJWTS8OsX+aJt0twPlA',
        wrappedBy: publicKey,
      },
      missingFor: [],
    },
  });

const SEALED_MESSAGES = [
  'AgAAAAHNu1WjHBYAzqo2kDRyoYfy03WoJCJZJGPbdFavfH2Orx7+Q1PvyaLyRFYszvsBmSRejwibDFn1R+4G2d6ajsdTjUYteoWc1jBuKlgXy1WURKaZi8k7LRokXdbwTF/OSWs2/LQX7CcotCEPPRpzQz7Afth39iCcVhfvwl/ZkvIN7vdHFpszzjm2SoUPgjPb8ez8srd4YTLBgunbkfzS5sUxSGRResEhL5xCQuR0v+RWfUxy33ZjgIYTS5K1emE5jivpgFiDQq+Tm4Yhx+XP/TelsNieh4DU46/F+Z0wpoLn493o+neaWWRqsWsviBFyVXGXxYRWZkwOGFJsLDOZaT1KfS6CvcHqM9Yjomtgwbp1Zja1hOWJwIR59kr/1w==',
  'AgAAAAEE65CcgPh5OWJPJf+s8neF7r3tqq1k1QmIQjifqRUUYeoOb7g3tc60HBRMOHH5Mx3nuy8dpfP/+QPCrIXtK+w76rvagpLRLJdhkoK3Ha/BP6b02TUriOphOaqgMFSPbZddImTvByYwGMS8HcVykxKmn3TWbmlbZZtsIIt97HeenMxA0K1fVqj80dT/mA/1Gz7fSFzjvTDzqWE7Kci7Cy/rbpbLtD1lJYdBQH3wyk4KFaPtQDzwCDGJ8rop0oXdYlSPYIiJDFa3YB8lhq8vrobRRxSVkPwpVRxXDmZ2J7Ts9JM7UM39mGWtl7HnEvE91/WZcnB7b8c4LBtV2EJSm2X0vb/fYkm7tufsUfreQnCqCfDu5nzidS1cLoPyPQ==',
  'AgAAAAGqcf1ZjTIyfcldKU7psOpeTuL+7jAYQOVd6Rq9/6u2tq2ULub5UEThSobxeE8QxXUvyHr8yttLTsNKmiaCgSwqKZ0eNZPiju4Mrelwmm91AGU8ZFfd7QI+y23xBr7SdiFOhV5oCrPCsRllSQqb1oLeYlV/JPXUbDDahVBHfc7XVR51p3X3p8aL0oC/zUaEzwnqTKN5X5t8l8dlpmlKQmMpHwnxUSIAPEJ1vpJR2yKhpJoZUJLPT8f+bCPH0x1RxBPgneTbgr0HI4XK99Y/wk4FmFUYS1CAv38KSI840y/CN3c79qKJ9OuOWJEJnhRvpYYYmF5WHCWa/FHOaPtMLyiWpwZ/fYvprECxZ1IIm4hddhYLdsGLd7OHN5n0Lg==',
];
const SEALED_TASKS = [
  'AgAAAAHr4N3cNqV0v8QKLYGhb+r+kPcypTfbfoyuzMD0Sa6QwMjMCV3K4g4GWokuEITC5zoqloHHrk/HgPaUdSw1MoFrG52+F3lr2Nj8g3M+NGGru1Yfzv0zxsaUHgn0QGjm1/hLc8vfSnxbi3R8VmyWcauOWYinxABFHwogsqAlrlQMQSU4Et42wGzCYhrDIWh0ZzNF2aypLXlMN3mTce/YVI6yA+9p9ZTnr0VBlfhr6Hf2IwDASuYNSox1OfRKH1aaxMqWDwXKYCLWscBN+NP+wlW11lI9j6vwc9Xz/HkcFouoFtfMcKFlUwsjjFb6xPmuK7LR8uKnpH78dY+cpyv7ZWm8XOh80qJpf5g76b6QwJ+2yHADUYAdaZqBDprjng==',
  'AgAAAAFZuyrQT6tZ2BUBBmKONUZy49NtKwEP9NYfNtWPeYC70CXPCdQ4klA9puw9gIdciBxgfGx7LHJAr47OrrttNDiIpQId60R4LCfWb23hQnGLhFcT72OALbM4F9wQowX8dckBkb7iE27uWYelhe5Dnk/byazOtldM9O3JCSbfzP3Ja+DmGABtaWYKWHty4uT1vn8ZvSWf3F6MPbtzXQ3plwybecWuY/BDDiKf/13QHtMgwBz9vZfuvMdv0AzrrcYdW4l+JkPCtvskPcfP9AVDARlFLQcZ4Dm8heDHO15PcdaMWv+nMDk+P3Mgi/87kCXeQuRIM2GV8vWds22cingn63OBAxAPNxs20evryERMG8+Ub9beh+FpMu2OUEH6OQ==',
  'AgAAAAHSVVFxzmVfI6PY/X+HQb9EozzWA5YetR6w0tZLB+Lc+FNacyVfiDpI8vIUdFlfMwjwoiEAeBs5+jMEasg7TrxI4htUZnrRKs2fPP9b0WOxB3pwNKMA8PzkWsqowVrBj/lROOy5kyQ56n8YbyLpvw0mzjvNR93fWHZTkPHSsOZwNiJPvou/6ptvHUujpZANcdf6OHlatThCFLwg1dlDjKbzY9cjJiLrThDeb4VJAcgnWHMljl8NecuCkJ8ybv3uDNQZvQTSZfuwgDDf28qjRQ2Pqw0A9X9GypjaJaY7CwH6HqwnGlXmXXpsDPoOdNbwx8MyiLQyS8YXnS3ZsrmPn2kXUvpTUAfUfd6D58z+Hf/3o2xJBX5HWabbZwQtQQ==',
];

export const teamMessages = () =>
  TeamMessages.parse(
    SEALED_MESSAGES.map((sealed, index) => ({
      messageId: uuid(300 + index),
      hotlineId: uuid(1),
      seq: index + 1,
      author: { operatorId: uuid([3, 4, 2][index] ?? 2), name: NAMES[[1, 2, 0][index] ?? 0] },
      at: NOW - (3 - index) * 4 * MINUTE,
      sealed,
    })),
  );

export const dispatches = () =>
  z.array(Dispatch).parse(
    SEALED_TASKS.map((sealed, index) => ({
      dispatchId: uuid(310 + index),
      hotlineId: uuid(1),
      hotlineName: LINES[0],
      callId: null,
      person: { operatorId: uuid([3, 2, 4][index] ?? 2), name: NAMES[[1, 0, 2][index] ?? 0] },
      sentBy: { operatorId: uuid(2), name: 'Robin' },
      state: ['on-the-way', 'sent', 'done'][index],
      sentAt: NOW - (index + 1) * 12 * MINUTE,
      movedAt: NOW - (index + 1) * 5 * MINUTE,
      sealed,
    })),
  );
