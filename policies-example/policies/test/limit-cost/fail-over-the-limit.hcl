mock "tfrun" {
  data = {
    cost_estimate = {
      delta_monthly_cost = "500.01"
    }
  }
}

param "limit" {
  value = 500
}

test {
  rules = {
    main = false
  }
}
