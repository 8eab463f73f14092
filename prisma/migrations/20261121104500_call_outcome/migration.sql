-- AlterTable
ALTER TABLE "call" ADD COLUMN     "decided_at" TIMESTAMPTZ(3),
ADD COLUMN     "outcome" TEXT;

-- Calls from before: what became of them, as call-flow/figures.ts says it. When somebody was sent to a voicemail isn't known of
-- them any more; the end of the call is the nearest.
UPDATE "call" SET
  "outcome" = CASE
    WHEN "accepted_at" IS NOT NULL THEN 'answered'
    WHEN "reason" = 'closed-message-played' OR "state"->'ladder'->>'cause' = 'closed' THEN 'uncounted'
    WHEN "reason" = 'caller-hung-up-while-waiting' THEN 'abandoned'
    ELSE 'unanswered'
  END,
  "decided_at" = COALESCE("accepted_at", "ended_at", "updated_at")
WHERE "accepted_at" IS NOT NULL OR "phase" IN ('voicemail', 'farewell', 'ending', 'ended');
