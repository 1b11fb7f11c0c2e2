import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  build: {
    outDir: '../../../target/classes/META-INF/resources',
    emptyOutDir: true,
    target: 'es2023',
    // The editor is loaded on demand; what everybody loads is held to its budget by test/bundle.test.ts.
    chunkSizeWarningLimit: 1000,
  },
});
