-- AlterTable
ALTER TABLE "voicemail" ADD COLUMN     "assigned_to" UUID;
