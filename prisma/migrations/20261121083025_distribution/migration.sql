-- AlterTable
ALTER TABLE "call" ADD COLUMN     "language" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "nobody_there" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "hotline_member" ADD COLUMN     "last_offered_at" TIMESTAMPTZ(3),
ADD COLUMN     "penalty" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "shift_capacity" INTEGER,
ADD COLUMN     "weight" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "operator" ADD COLUMN     "languages" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "shift_calls" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "skills" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- Calls in progress keep what they were told.
UPDATE "call" SET "language" = coalesce("state"->>'language', ''), "nobody_there" = coalesce("state"->'timers' ? 'nobody-wait', false)
  WHERE "ended_at" IS NULL;
