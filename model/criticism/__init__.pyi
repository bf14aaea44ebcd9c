from .held_out import held_out_totals as held_out_totals
from .predictive_checks import posterior_predictive as posterior_predictive
from .predictive_checks import prior_predictive as prior_predictive
from .suite import criticise as criticise
