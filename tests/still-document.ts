import { options } from 'preact'
import { afterAll } from 'vitest'

const waiting = new Set<NodeJS.Timeout>()

// Preact runs effects after a frame, or 35 ms later where none comes: by then the file's document may be gone.
options.requestAnimationFrame = (runEffects) => {
  const timer = setTimeout(() => {
    waiting.delete(timer)
    runEffects()
  })
  waiting.add(timer)
}

afterAll(() => {
  for (const timer of waiting) clearTimeout(timer)
})
