import type Database from 'libsql';

/** A life longer than any bound of the program: leases of owners dead for a day are cleaned away. */
const FORGET_LEASES_MS = 86_400_000;

/** ?1 to ?3 are used more than once; the plain ? are bound in order. */
const SQL = {
  findKey: `SELECT i.fingerprint, i.payment_id, i.status, i.answer, p.owner, l.beat, l.expires_at
       FROM idempotency i JOIN payments p ON p.id = i.payment_id LEFT JOIN leases l ON l.owner = p.owner
       WHERE i.principal = ? AND i.route = ? AND i.key = ?`,
  addKey: `INSERT INTO idempotency (principal, route, key, fingerprint, payment_id, created_at)
       VALUES (?, ?, ?, ?, ?, ?)`,
  // An answer once given stays: later settlements of the same payment do not change what is replayed.
  answerKey: 'UPDATE idempotency SET status = ?, answer = ? WHERE payment_id = ? AND status IS NULL',
  releaseKey: 'DELETE FROM idempotency WHERE payment_id = ? AND status IS NULL',
  forgetKeys: `DELETE FROM idempotency WHERE (principal, route, key) IN (
         SELECT principal, route, key FROM idempotency
         WHERE created_at < ? AND status IS NOT NULL ORDER BY created_at LIMIT ?)`,
  addPayment: `INSERT INTO payments (id, principal, order_id, payer_id, minor, currency, channel, state, owner, worked_at, created_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'created', ?8, ?9, ?9)`,
  findPayment: 'SELECT * FROM payments WHERE id = ?',
  settle: `UPDATE payments SET state = ?, provider = ?, trade_id = ?, reason = ?, attempts = ?,
         next_try_at = ?, owner = NULL WHERE id = ?`,
  release: 'UPDATE payments SET owner = NULL, next_try_at = ? WHERE id = ? AND owner = ?',
  // Never from itself: an instance that was held up has not given up what its other requests work on.
  claim: `UPDATE payments SET owner = ?1, worked_at = iif(?4, ?3, worked_at)
       WHERE id = ?2 AND state IN ('created', 'authorised', 'unknown')
         AND (owner IS NULL OR (owner <> ?1
           AND NOT EXISTS (SELECT 1 FROM leases WHERE leases.owner = payments.owner AND expires_at > ?3)))`,
  due: `SELECT id FROM payments p WHERE state IN ('created', 'authorised', 'unknown') AND (
         (owner IS NULL AND next_try_at <= ?1)
         OR (owner IS NOT NULL AND created_at <= ?2
           AND NOT EXISTS (SELECT 1 FROM leases WHERE leases.owner = p.owner AND expires_at > ?2)))
       ORDER BY created_at LIMIT ?3`,
  countByState: 'SELECT state, count(*) AS count FROM payments GROUP BY state',
  oldestOpen: `SELECT min(created_at) AS since FROM payments WHERE state IN ('created', 'authorised', 'unknown')`,
  renewLease: `INSERT INTO leases (owner, beat, expires_at) VALUES (?1, 1, ?2)
       ON CONFLICT (owner) DO UPDATE SET beat = beat + 1, expires_at = ?2`,
  forgetLeases: `DELETE FROM leases WHERE expires_at < ? - ${FORGET_LEASES_MS}`,
  endLease: 'DELETE FROM leases WHERE owner = ?',
};

/** The prepared statements, by what they do. */
export type Statements = Readonly<Record<keyof typeof SQL, Database.Statement>>;

/** Prepares every statement of the payments file once. */
export function prepareStatements(database: Database.Database): Statements {
  const pairs = Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]);
  return Object.fromEntries(pairs) as Statements;
}
