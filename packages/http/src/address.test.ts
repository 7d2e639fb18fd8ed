import { expect, test } from 'vitest'
import { addressLiteral, addressPolicy } from './address.ts'

const strict = addressPolicy([])

test.each([
  '127.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '100.100.100.200',
  '169.254.169.254',
  '168.63.129.16',
  '192.0.0.192',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  'fe80::1',
  'fd00:ec2::254',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '64:ff9b::10.0.0.1',
  '2002:0a00:0001::',
  '2001:db8::1',
])('%s is refused', (address) => {
  expect(strict.allowsAddress(address)).toBe(false)
})

test.each(['1.1.1.1', '93.184.216.34', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
  '%s is public',
  (address) => {
    expect(strict.allowsAddress(address)).toBe(true)
  },
)

test('what is no address is refused', () => {
  expect(strict.allowsAddress('localhost')).toBe(false)
  expect(strict.allowsAddress('')).toBe(false)
})

test('the allow-list takes addresses, ranges, names, or everything', () => {
  const policy = addressPolicy(['127.0.0.1', '10.0.0.0/8', 'fd00::/8', '[::1]', 'Images.Intranet'])
  expect(['127.0.0.1', '10.9.8.7', '::ffff:10.9.8.7', 'fd12::1', '::1'].every(policy.allowsAddress)).toBe(true)
  expect(['127.0.0.2', '192.168.0.1', 'fe80::1'].some(policy.allowsAddress)).toBe(false)
  expect(policy.allowsHost('images.intranet')).toBe(true)
  expect(policy.allowsHost('127.0.0.1')).toBe(false)
  expect(addressPolicy(['private']).allowsAddress('192.168.0.1')).toBe(true)
  expect(() => addressPolicy(['10.0.0.0/99'])).toThrow('"10.0.0.0/99" is no address range')
})

test('tells literals from names, whatever their form', () => {
  expect(addressLiteral('[::1]')).toBe('::1')
  expect(addressLiteral(new URL('http://2130706433/').hostname)).toBe('127.0.0.1')
  expect(addressLiteral(new URL('http://0x7f.1/').hostname)).toBe('127.0.0.1')
  expect(addressLiteral('example.org')).toBeUndefined()
})
