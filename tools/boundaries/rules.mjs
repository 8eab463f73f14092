// The arrows of docs/architecture.md as data. A project carries one `layer:` tag and one `runtime:` tag.

/** layer → layers it may import from. */
export const layers = {
  app: ['composition', 'feature', 'port', 'service', 'adapter', 'pure', 'platform', 'ui', 'protocol'],
  /** What server processes have in common when they are put together. */
  composition: ['feature', 'port', 'service', 'adapter', 'pure', 'platform', 'protocol'],
  feature: ['feature', 'port', 'service', 'pure', 'platform', 'protocol'],
  port: ['pure', 'protocol'],
  adapter: ['port', 'pure', 'protocol'],
  service: ['pure', 'platform', 'protocol'],
  ui: ['pure', 'protocol'],
  platform: ['protocol'],
  pure: ['protocol'],
  protocol: [],
  testing: [
    'app',
    'composition',
    'feature',
    'port',
    'service',
    'adapter',
    'pure',
    'platform',
    'ui',
    'protocol',
    'testing',
  ],
};

/** From feature to feature only these. `audit` may be used by all. */
export const features = {
  calls: ['operators', 'hotlines', 'budget', 'audit'],
  messages: ['operators', 'hotlines', 'budget', 'audit'],
  blasts: ['messages', 'audit'],
  hotlines: ['audit'],
  operators: ['audit'],
  budget: ['audit'],
  reports: ['audit'],
  audit: [],
};

/** runtime → runtimes whose code it may contain. */
export const runtimes = { browser: ['browser', 'any'], node: ['node', 'any'], any: ['any'] };

/** Pure libs and the protocol run everywhere and stay small: nothing but these from outside. */
export const externals = {
  protocol: ['zod'],
  audio: [],
  'call-flow': ['zod', 'luxon'],
  'message-flow': ['zod', 'luxon'],
  crypto: ['zod', 'ts-mls', '@hpke/core', '@noble/ciphers', '@noble/curves', '@noble/hashes', 'nostr-tools'],
};

/** These packages have one importer; everybody else goes through it. */
export const soleImporters = {
  '@prisma/client': 'store',
  '@prisma/adapter-pg': 'store',
  bullmq: 'jobs',
};

/** Generated code with one owner: `libs/store/src/generated` is the Prisma client. */
export const generatedFolder = /(^|\/)generated(\/|$)/;

/** A test may use what its project may not: servers, builders, node: modules. */
export const testFile = /\.(spec|bench|contract|fixture|harness)\.(ts|tsx|mjs)$/;
