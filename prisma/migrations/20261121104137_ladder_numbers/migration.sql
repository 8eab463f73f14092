-- CreateTable
CREATE TABLE "ladder_number" (
    "id" UUID NOT NULL,
    "hotline_id" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,
    "masked" TEXT NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ladder_number_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "ladder_number_hotline_id_idx" ON "ladder_number"("hotline_id");

-- AddForeignKey
ALTER TABLE "ladder_number" ADD CONSTRAINT "ladder_number_hotline_id_fkey" FOREIGN KEY ("hotline_id") REFERENCES "hotline"("id") ON DELETE CASCADE ON UPDATE CASCADE;
