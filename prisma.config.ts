import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  // `prisma generate` needs no database; migrations are made and applied by tools/migrate.mjs and libs/store.
  datasource: { url: '' },
});
