-- CreateTable
CREATE TABLE "practice" (
    "call_id" UUID NOT NULL,
    "operator_id" UUID NOT NULL,
    "script_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "wrapped_up_at" TIMESTAMPTZ(3),
    "shared_at" TIMESTAMPTZ(3),

    CONSTRAINT "practice_pkey" PRIMARY KEY ("call_id")
);

-- CreateIndex
CREATE INDEX "practice_operator_id_started_at_idx" ON "practice"("operator_id", "started_at" DESC);

-- AddForeignKey
ALTER TABLE "practice" ADD CONSTRAINT "practice_call_id_fkey" FOREIGN KEY ("call_id") REFERENCES "call"("id") ON DELETE CASCADE ON UPDATE CASCADE;
