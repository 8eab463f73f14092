-- CreateTable
CREATE TABLE "asked_call_back" (
    "id" UUID NOT NULL,
    "hotline_id" UUID NOT NULL,
    "call_id" UUID NOT NULL,
    "priority" TEXT NOT NULL,
    "sealed_reason" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'asked',
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "asked_by" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "claimed_at" TIMESTAMPTZ(3),
    "claimed_by" UUID,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(3),
    "placed_call_id" UUID,
    "over_at" TIMESTAMPTZ(3),

    CONSTRAINT "asked_call_back_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "asked_call_back_hotline_id_state_idx" ON "asked_call_back"("hotline_id", "state");

-- CreateIndex
CREATE INDEX "asked_call_back_state_expires_at_idx" ON "asked_call_back"("state", "expires_at");

-- CreateIndex
CREATE INDEX "asked_call_back_placed_call_id_idx" ON "asked_call_back"("placed_call_id");

-- AddForeignKey
ALTER TABLE "asked_call_back" ADD CONSTRAINT "asked_call_back_hotline_id_fkey" FOREIGN KEY ("hotline_id") REFERENCES "hotline"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "asked_call_back" ADD CONSTRAINT "asked_call_back_call_id_fkey" FOREIGN KEY ("call_id") REFERENCES "call"("id") ON DELETE CASCADE ON UPDATE CASCADE;
