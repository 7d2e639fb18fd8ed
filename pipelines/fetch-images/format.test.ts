import { expect, test } from 'vitest'
import { sniff } from './format.ts'

function latin(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

test.each([
  ['\xff\xd8\xff\xe0', 'jpeg'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['GIF89a<svg xmlns=', 'gif'],
  ['RIFF\x10\0\0\0WEBPVP8 ', 'webp'],
])('%j is a picture', (bytes, format) => {
  expect(sniff(latin(bytes))).toEqual({ kind: 'picture', format })
})

test.each([
  ['<svg xmlns="http://www.w3.org/2000/svg">', 'SVG'],
  ['\xef\xbb\xbf  <?xml version="1.0"?><!-- a comment --><svg>', 'SVG'],
  ['<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"><svg>', 'SVG'],
  ['%PDF-1.7', 'PDF'],
  ['%!PS-Adobe', 'PostScript'],
  ['II*\0\x08\0\0\0', 'TIFF'],
  ['\0\0\0\x20ftypavif', 'AVIF, HEIC or a film'],
  ['BM\x36\0\0\0\0\0\0\0', 'BMP'],
  ['\0\0\0\x0cJXL \r\n', 'JPEG XL'],
])('%j is refused', (bytes, name) => {
  expect(sniff(latin(bytes))).toEqual({ kind: 'unsupported', name })
})

test.each([
  ['', 'nothing'],
  ['<!DOCTYPE html>', 'HTML'],
  ['\n<!-- gone --> <html>', 'HTML'],
  ['{"error":"not found"}', 'JSON'],
  ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'XML'],
  ['RIFF\x10\0\0\0WAVE', 'something else'],
  ['not found', 'something else'],
  ['\x89PNG', 'something else'],
])('%j is no picture', (bytes, name) => {
  expect(sniff(latin(bytes))).toEqual({ kind: 'none', name })
})
