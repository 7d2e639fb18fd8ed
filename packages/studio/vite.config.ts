import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
})
