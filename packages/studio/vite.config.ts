import { defineConfig } from 'vite'
import { buildRecord } from './build/record-plugin.ts'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [buildRecord(import.meta.dirname)],
  server: { proxy: { '^/(api|reports)/': 'http://127.0.0.1:7878' } },
  build: {
    // A sheet of its own that did not come with a view is not asked for again with it: the view would have no style.
    cssCodeSplit: false,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
})
