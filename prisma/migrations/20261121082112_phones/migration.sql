-- CreateTable
CREATE TABLE "own_phone" (
    "operator_id" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,
    "rings" BOOLEAN NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "own_phone_pkey" PRIMARY KEY ("operator_id")
);

-- CreateTable
CREATE TABLE "call_leg_number" (
    "leg_id" UUID NOT NULL,
    "call_id" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "call_leg_number_pkey" PRIMARY KEY ("leg_id")
);

-- CreateTable
CREATE TABLE "caller_language" (
    "hotline_id" UUID NOT NULL,
    "caller_index" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "chosen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "caller_language_pkey" PRIMARY KEY ("hotline_id","caller_index")
);

-- CreateIndex
CREATE INDEX "call_leg_number_call_id_idx" ON "call_leg_number"("call_id");

-- AddForeignKey
ALTER TABLE "own_phone" ADD CONSTRAINT "own_phone_operator_id_fkey" FOREIGN KEY ("operator_id") REFERENCES "operator"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "call_leg_number" ADD CONSTRAINT "call_leg_number_call_id_fkey" FOREIGN KEY ("call_id") REFERENCES "call"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "caller_language" ADD CONSTRAINT "caller_language_hotline_id_fkey" FOREIGN KEY ("hotline_id") REFERENCES "hotline"("id") ON DELETE CASCADE ON UPDATE CASCADE;
