/** Dates as OpenSSL prints them, `Aug  5 09:36:04 2021 GMT`; API Gateway hands them on in this form. */

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Milliseconds since the epoch in OpenSSL's form: English month, day padded with a space, GMT. */
export function opensslTime(time: number): string {
  const date = new Date(time)
  const clock = date.toISOString().slice(-13, -5)
  return `${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${clock} ${date.getUTCFullYear()} GMT`
}

/** The time that such a text means, in milliseconds since the epoch; `undefined` where it is not one of a real date. */
export function parseOpensslTime(text: string): number | undefined {
  const match = /^([A-Z][a-z]{2}) ([ 1-3]\d) (\d\d):(\d\d):(\d\d) (\d{1,4}) GMT$/.exec(text)
  if (match === null) return undefined
  const [, month = '', day, hour, minute, second, year] = match
  const date = new Date(0)
  date.setUTCFullYear(Number(year), months.indexOf(month), Number(day))
  date.setUTCHours(Number(hour), Number(minute), Number(second))
  const time = date.getTime()
  return opensslTime(time) === text ? time : undefined
}
