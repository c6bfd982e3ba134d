import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { parseCloudflareHeaders } from '../../../src/headers/index.ts'
import { headerReader } from '../../../src/headers/request-headers.ts'
import { maxHeaderLength } from '../../../src/headers/result.ts'

describe('the headers of a request', () => {
  const value = { ok: true, value: ':AA==:' }

  it.each([
    ['a Request', new Request('https://a.example/', { headers: { 'Client-Cert': ':AA==:' } })],
    ['Headers', new Headers({ 'Client-Cert': ':AA==:' })],
    ['an object in any case', { 'CLIENT-cert': ':AA==:' }],
    ['an object of arrays', { 'client-cert': [':AA==:'] }],
    ['a request with an object', { headers: { 'client-cert': ':AA==:' } }],
    [
      'a request with raw headers',
      { headers: { 'client-cert': ':AA==:' }, rawHeaders: ['Host', 'client-cert', 'Client-Cert', ':AA==:'] },
    ],
    ['an object with a header named headers', { headers: 'x', 'client-cert': ':AA==:' }],
    ['a Map in lower case', new Map([['client-cert', ':AA==:']])],
    ['an event', { multiValueHeaders: { 'Client-Cert': [':AA==:'] } }],
    ['an event that says it twice', { headers: { 'client-cert': ':AA==:' }, multiValueHeaders: { 'client-cert': [':AA==:'] } }],
  ])('from %s', (_, from) => {
    expect(headerReader(from)('Client-Cert')).toEqual(value)
    expect(headerReader(from)('Client-Cert-Chain')).toEqual({ ok: true, value: undefined })
  })

  it.each([
    ['in an array', { 'client-cert': [':AA==:', ':AA==:'] }],
    ['in two cases', { 'client-cert': ':AA==:', 'Client-Cert': ':AA==:' }],
    [
      'in two cases of a Map',
      new Map([
        ['client-cert', ':AA==:'],
        ['Client-Cert', ''],
      ]),
    ],
    ['in raw headers', { headers: { 'client-cert': ':AA==:' }, rawHeaders: ['client-cert', ':AA==:', 'Client-Cert', ':AB==:'] }],
    ['of which the first is empty', { 'client-cert': ['', ':AA==:'] }],
    ['of which both are empty', { 'client-cert': '', 'Client-Cert': '' }],
    ['of which one is no text', { 'client-cert': [undefined, ':AA==:'] }],
    ['in headersDistinct', { headers: { 'client-cert': ':AA==:' }, headersDistinct: { 'client-cert': [':AA==:', ''] } }],
    ['in multiValueHeaders', { headers: { 'client-cert': ':AA==:' }, multiValueHeaders: { 'client-cert': ['', ':AA==:'] } }],
  ])('that occur twice are refused: %s', (_, from) => {
    expect(headerReader(from)('Client-Cert')).toMatchObject({ ok: false, code: 'duplicate_header' })
  })

  it('that the application has removed stay removed', () => {
    const headersDistinct = { 'client-cert': [':AA==:'] }
    const from = { headers: { host: 'a' }, rawHeaders: ['Client-Cert', ':AA==:'], headersDistinct }
    expect(headerReader(from)('Client-Cert')).toEqual({ ok: true, value: undefined })
    const event = { headers: { host: 'a' }, multiValueHeaders: headersDistinct }
    expect(headerReader(event)('Client-Cert')).toMatchObject({ ok: false, code: 'inconsistent_headers' })
  })

  it.each([
    ['CN=a,O=b', true],
    ['CN=a\\, b,O=c+OU=d', true],
    ['CN=a\\\\,O=b', true],
    ['', true],
    ['CN=a, CN=b', false],
    ['CN=a\\\\, CN=b', false],
    ['CN=a,\tCN=b', false],
    [', CN=a', false],
    ['CN=a, ', false],
    ['CN=a,', false],
  ])('that are distinguished names are told from two that were joined: %s', (value, isOne) => {
    const read = headerReader({ a: value })('a', 'name')
    expect(read).toMatchObject(isOne ? { ok: true } : { ok: false, code: 'malformed_header', offset: expect.any(Number) })
  })

  it('that are empty are absent', () => {
    for (const from of [{ a: '' }, { a: undefined }, { a: [] }, new Headers({ a: '' })]) {
      expect(headerReader(from)('a')).toEqual({ ok: true, value: undefined })
    }
  })

  it('that are too long or hold what no header holds are refused', () => {
    expect(headerReader({ a: 'x'.repeat(maxHeaderLength) })('a')).toMatchObject({ ok: true })
    expect(headerReader({ a: 'x'.repeat(maxHeaderLength + 1) })('a')).toMatchObject({ ok: false, code: 'oversized_header' })
    expect(headerReader({ a: 'b\nc' })('a')).toMatchObject({ ok: false, code: 'malformed_header', offset: 1 })
    expect(headerReader({ a: 'bé' })('a')).toMatchObject({ ok: false, code: 'malformed_header', offset: 1 })
  })

  it('are own fields', () => {
    expect(headerReader(Object.create({ 'client-cert': ':AA==:' }))('Client-Cert')).toEqual({ ok: true, value: undefined })
    expect(headerReader({})('__proto__')).toEqual({ ok: true, value: undefined })
    expect(headerReader({})('constructor')).toEqual({ ok: true, value: undefined })
    for (const part of ['headers', 'multiValueHeaders']) {
      Object.defineProperty(Object.prototype, part, { value: { 'client-cert': [':AA==:'] }, configurable: true })
      try {
        expect(headerReader({})('Client-Cert')).toEqual({ ok: true, value: undefined })
      } finally {
        Reflect.deleteProperty(Object.prototype, part)
      }
    }
  })

  it('must be headers', () => {
    for (const from of [undefined, null, 'x', 5]) expect(() => headerReader(from)).toThrow(TypeError)
    expect(() => headerReader({ a: 5 })('a')).toThrow(TypeError)
  })

  it('as Node receives them, which joins duplicates except in rawHeaders', async () => {
    const seen = new Promise((resolve) => {
      const server = createServer((incoming, response) => {
        resolve(parseCloudflareHeaders(incoming))
        response.end()
        server.close()
      })
      server.listen(0, '127.0.0.1', () => {
        const headers = { 'Cf-Client-Cert-Sha256': ['a', 'b'] }
        request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', headers, agent: false }).end()
      })
    })
    expect(await seen).toMatchObject({ ok: false, code: 'duplicate_header' })
  })
})
