import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('page', import.meta.url)),
  plugins: [react()],
  build: { target: 'es2022', sourcemap: true },
});
