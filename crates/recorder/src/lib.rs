//! WAV files and only WAV files.
